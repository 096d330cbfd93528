// Command inprocess is the floor without a process boundary: one Go program that
// asks and writes each piece of the answer as it arrives.
//
//	inprocess URL MODEL PROMPT
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/qwen-cli/qwen/bench/floor/chat"
)

func main() {
	r := &chat.Request{URL: os.Args[1], Model: os.Args[2], Prompt: os.Args[3]}
	err := chat.Stream(context.Background(), r, func(text string) error {
		_, err := os.Stdout.WriteString(text)
		return err
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "inprocess:", err)
		os.Exit(1)
	}
}
