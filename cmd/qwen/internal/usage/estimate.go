package usage

// Estimate returns roughly how many tokens a text has: one for four ASCII
// characters, for two of other alphabets, and for each character of scripts such as
// Chinese.
func Estimate(text string) int64 {
	var e Estimator
	e.Add(text)
	return e.Tokens()
}

// An Estimator estimates a text that arrives in pieces. The zero value has had none.
type Estimator struct{ quarters int64 } // of tokens

// Add adds a piece.
func (e *Estimator) Add(text string) {
	for _, r := range text {
		switch {
		case r < 0x80:
			e.quarters++
		case r < 0x1100: // before Hangul: alphabets
			e.quarters += 2
		default:
			e.quarters += 4
		}
	}
}

// Tokens returns the estimate for the text so far.
func (e *Estimator) Tokens() int64 { return (e.quarters + 3) / 4 }
