package render

import "github.com/qwen-cli/qwen/sdk"

// ordered delivers the parts of an answer one after the other. A provider may
// have several parts open at once; pieces of a later part wait until all earlier
// ones are done, so that the output is that of the finished message.
type ordered struct {
	deliver func(sdk.Event) error
	current int           // index of the part that is delivered
	waiting [][]sdk.Event // of the parts after current
}

// InOrder returns what takes the events of an answer and hands them on part by part,
// and what hands on the rest when the answer has ended or broken off.
func InOrder(deliver func(sdk.Event) error) (add func(sdk.Event) error, flush func() error) {
	o := &ordered{deliver: deliver}
	return o.add, o.flush
}

// add takes the next event of an answer.
func (o *ordered) add(e sdk.Event) error {
	if _, ok := e.(*sdk.Finished); ok {
		if err := o.flush(); err != nil {
			return err
		}
	}
	index, ok := partIndex(e)
	if !ok {
		return o.deliver(e)
	}
	if ahead := index - o.current; ahead > 0 {
		for len(o.waiting) < ahead {
			o.waiting = append(o.waiting, nil)
		}
		o.waiting[ahead-1] = append(o.waiting[ahead-1], e)
		return nil
	}
	if err := o.deliver(e); err != nil {
		return err
	}
	if _, ok := e.(*sdk.PartDone); ok {
		return o.advance()
	}
	return nil
}

// advance makes the next part current and delivers what waited of it.
func (o *ordered) advance() error {
	o.current++
	if len(o.waiting) == 0 {
		return nil
	}
	events := o.waiting[0]
	o.waiting = o.waiting[1:]
	for _, e := range events {
		if err := o.add(e); err != nil {
			return err
		}
	}
	return nil
}

// flush delivers all that still waits: the answer has ended, or broken off.
func (o *ordered) flush() error {
	for len(o.waiting) > 0 {
		if err := o.advance(); err != nil {
			return err
		}
	}
	return nil
}

// partIndex returns the index of the part that e belongs to.
func partIndex(e sdk.Event) (int, bool) {
	switch e := e.(type) {
	case *sdk.PartStarted:
		return e.Index, true
	case *sdk.Delta:
		return e.Index, true
	case *sdk.PartDone:
		return e.Index, true
	}
	return 0, false
}
