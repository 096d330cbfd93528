package spawn

import (
	"os"
	"strings"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// keepDescriptors has nothing to do: Go lists the handles that a child inherits.
func keepDescriptors() {}

func socketBases() []string { return []string{os.TempDir()} }

// sameName compares the names of variables, in which case does not count here.
func sameName(a, b string) bool { return strings.EqualFold(a, b) }

// system is what else is needed of a process.
type system struct{ process *os.Process }

// exec starts the program, away from Ctrl-C in the console.
func (p *Process) exec(path string, argv, env []string, stdin, stdout, stderr *os.File) error {
	process, err := os.StartProcess(path, argv, &os.ProcAttr{
		Env:   env,
		Files: []*os.File{stdin, stdout, stderr},
		Sys:   &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP},
	})
	if err != nil {
		return err
	}
	p.Pid, p.process = process.Pid, process
	if err := adopt(process); err != nil {
		_ = process.Kill()
		return err
	}
	return nil
}

// Wait waits for the end of the process and says how it ended, such as "exit
// status 2". It is called once.
func (p *Process) Wait() string {
	state, err := p.process.Wait()
	if err != nil {
		return err.Error()
	}
	return state.String()
}

// Kill kills the process; the job takes care of what it has started.
func (p *Process) Kill() error { return p.process.Kill() }

// hostJob returns a job object whose processes are killed when its last handle
// is closed, which the system does when the host ends, however it ends.
var hostJob = sync.OnceValues(func() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, err
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{
			LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
		},
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	return job, err
})

// adopt puts the process into the host's job.
func adopt(p *os.Process) error {
	job, err := hostJob()
	if err != nil {
		return err
	}
	handle, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(p.Pid))
	if err != nil {
		return err
	}
	defer func() { _ = windows.CloseHandle(handle) }()
	return windows.AssignProcessToJobObject(job, handle)
}
