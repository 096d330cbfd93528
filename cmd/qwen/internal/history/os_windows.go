package history

const openFlags = 0
