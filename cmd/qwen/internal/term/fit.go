package term

// Fit returns s in exactly so many columns: filled up with spaces, or shortened,
// which an ellipsis says. Control sequences have to be out of it.
func Fit(s string, columns int) string { return pad(Cut(s, columns), columns) }
