package files

import "os/exec"

func initRepository(dir string) ([]byte, error) {
	return exec.Command("git", "-C", dir, "init", "-q").CombinedOutput()
}
