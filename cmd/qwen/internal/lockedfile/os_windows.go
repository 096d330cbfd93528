package lockedfile

const openFlags = 0
