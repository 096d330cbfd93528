package term

import "context"

// Pick asks to pick one of the options in a list that is moved through by arrow
// keys or by typing a part of the entry, and returns its index. The entry with
// the index current is marked, and where the list begins; it is -1 if there is
// none. Esc and Ctrl-C return [context.Canceled].
//
// In plain mode it is [Prompter.Choose], with current for what Enter alone means.
func (p *Prompter) Pick(ctx context.Context, label string, options []Option, current int) (int, error) {
	return p.Choose(ctx, label, options, current)
}
