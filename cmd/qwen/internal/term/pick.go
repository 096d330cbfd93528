package term

import (
	"context"
	"errors"
)

// Pick asks to pick one of the options in a list that is moved through by arrow
// keys or by typing a part of the entry, and returns its index. The entry with
// the index current is marked, and where the list begins; it is -1 if there is
// none. Esc and Ctrl-C return [context.Canceled]. The list is gone afterwards;
// one line tells what was picked.
//
// In plain mode it is [Prompter.Choose], with current for what Enter alone means.
func (p *Prompter) Pick(ctx context.Context, label string, options []Option, current int) (int, error) {
	if len(options) == 0 {
		return -1, errNoOptions
	}
	if err := context.Cause(ctx); err != nil {
		return -1, err
	}
	if p.isPlain() {
		return p.Choose(ctx, label, options, current)
	}
	keyboard, err := p.keyboard(ctx)
	if err != nil {
		return p.Choose(ctx, label, options, current)
	}
	defer keyboard.stop()
	list := newList(label, options, current)
	picked, err := list.run(keyboard, &painter{out: p.out, size: p.Size})
	if err != nil {
		return -1, err
	}
	p.println(list.label + ": " + list.rows[picked].label)
	return picked, nil
}

var errNoOptions = errors.New("nothing to choose from")

// run shows the list until something is picked.
func (l *list) run(k *keyboard, screen *painter) (int, error) {
	defer screen.clear()
	for {
		columns, rows := screen.measure()
		screen.paint(l.view(columns, rows))
		select {
		case <-k.ctx.Done():
			return -1, k.ctx.Err()
		case <-k.resized:
		case key, ok := <-k.keys:
			switch {
			case !ok && k.ctx.Err() == nil:
				return -1, ErrNoAnswer
			case !ok, key == keyEsc, key == keyCtrlC:
				return -1, context.Canceled
			}
			if l.press(key, rows) {
				return l.found[l.at], nil
			}
		}
	}
}
