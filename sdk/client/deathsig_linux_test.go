package client_test

const hasParentDeathSignal = true
