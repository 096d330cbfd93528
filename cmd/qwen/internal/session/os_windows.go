package session

const openFlags = 0

// removesOpen says that a file that is open cannot be removed.
const removesOpen = false
