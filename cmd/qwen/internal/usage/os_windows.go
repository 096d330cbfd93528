package usage

const openFlags = 0
