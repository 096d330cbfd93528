package main

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/qwen-cli/qwen/sdk/sdktest/fakecloud"
)

// cmdOAuth sets how the OAuth server behaves: oauth '{"auto_approve":true}'.
func cmdOAuth(ts *testscript.TestScript, _ bool, args []string) {
	var o fakecloud.OAuthOptions
	ts.Check(json.Unmarshal([]byte(strings.Join(args, " ")), &o))
	cloudOf(ts).SetOAuth(o)
}

// cmdApprove approves the sign-in that waits, or the next one to come.
func cmdApprove(ts *testscript.TestScript, _ bool, _ []string) { decide(ts, cloudOf(ts).Approve) }

// cmdDeny denies it.
func cmdDeny(ts *testscript.TestScript, _ bool, _ []string) { decide(ts, cloudOf(ts).Deny) }

func decide(ts *testscript.TestScript, decision func(code string) bool) {
	for range 500 {
		if decision("") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("nobody has asked to sign in for five seconds")
}

// cmdForget revokes tokens at the service: forget access, or forget all.
func cmdForget(ts *testscript.TestScript, _ bool, args []string) {
	switch strings.Join(args, " ") {
	case "access":
		cloudOf(ts).RevokeAccess()
	case "all":
		cloudOf(ts).RevokeAll()
	default:
		ts.Fatalf("usage: forget access|all")
	}
}
