package usage

// Estimate returns roughly how many tokens a text has: one for four ASCII
// characters, for two of other alphabets, and for each character of scripts such as
// Chinese.
func Estimate(text string) int64 {
	quarters := 0
	for _, r := range text {
		switch {
		case r < 0x80:
			quarters++
		case r < 0x1100: // before Hangul: alphabets
			quarters += 2
		default:
			quarters += 4
		}
	}
	return int64(quarters+3) / 4
}
