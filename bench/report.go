//go:build unix

package main

import (
	"cmp"
	"math"
	"slices"
)

// A Report is everything that was measured in one run of this program.
type Report struct {
	Date    string            `json:"date"`
	Machine Machine           `json:"machine"`
	Version map[string]string `json:"version"` // of qwen, Go, curl and the peers
	Cases   []Case            `json:"cases"`
	Missing []Missing         `json:"missing"`
}

// Machine says what it was measured on.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	System string `json:"system"`
}

// Missing is what could not be measured.
type Missing struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// A Case is one thing done by several programs in turn. The first program is the
// one that the others are compared with.
type Case struct {
	Name     string    `json:"name"`
	Title    string    `json:"title"`
	Show     []Metric  `json:"show"`
	Subjects []Subject `json:"subjects"`
}

// A Subject is a program with what was measured of it.
type Subject struct {
	Name    string               `json:"name"`
	Samples map[Metric][]float64 `json:"samples"` // in the order of the rounds
}

// A Metric names what is measured.
type Metric string

// The metrics. Times are in seconds, sizes in bytes.
const (
	Wall      Metric = "wall"         // exec to exit
	FirstByte Metric = "request"      // exec to the arrival of the request at the service
	FirstOut  Metric = "first output" // exec to the first byte of output
	Tail      Metric = "tail"         // last byte of the service to exit
	CPU       Metric = "CPU"          // of all processes
	RSS       Metric = "peak RSS"     // of all processes, added up
	Processes Metric = "processes"    // started
	Transit   Metric = "transit"      // of a piece of the answer, from the service to the output
	Init      Metric = "init"         // initialisation of all packages
	WorstInit Metric = "worst init"   // of the package that takes longest
	Size      Metric = "size"         // of the executable
	Ready     Metric = "ready"        // exec to the echo of a key
)

// isCount reports whether a metric is neither a time nor a size.
func (m Metric) isCount() bool { return m == Processes }

// isSize reports whether a metric is in bytes.
func (m Metric) isSize() bool { return m == RSS || m == Size }

func (r *Report) find(name string) *Case {
	for i := range r.Cases {
		if r.Cases[i].Name == name {
			return &r.Cases[i]
		}
	}
	return nil
}

// samples returns what was measured; nil if nothing was.
func (r *Report) samples(name, subject string, m Metric) []float64 {
	if c := r.find(name); c != nil {
		return c.samples(subject, m)
	}
	return nil
}

func (c *Case) samples(subject string, m Metric) []float64 {
	for _, s := range c.Subjects {
		if s.Name == subject {
			return s.Samples[m]
		}
	}
	return nil
}

// quantile returns the value that a part q of the samples does not exceed; NaN if
// there are none.
func quantile(samples []float64, q float64) float64 {
	if len(samples) == 0 {
		return math.NaN()
	}
	sorted := slices.Clone(samples)
	slices.SortFunc(sorted, cmp.Compare[float64])
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 == len(sorted) {
		return sorted[low]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

func median(samples []float64) float64 { return quantile(samples, 0.5) }

// ratio compares two programs: the median of the ratios in each round, in which
// they ran one after the other, since a machine's speed changes with time.
func ratio(samples, reference []float64) float64 {
	n := min(len(samples), len(reference))
	ratios := make([]float64, n)
	for i := range n {
		ratios[i] = samples[i] / reference[i]
	}
	return median(ratios)
}
