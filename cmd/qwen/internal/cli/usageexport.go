package cli

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qwen-cli/qwen/cmd/qwen/internal/usage"
)

func (a *app) usageExportCommand() *cobra.Command {
	var since, format string
	formats := []string{"csv", "json"}
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Print every recorded request as CSV or JSON",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("--format", format, formats); err != nil {
				return err
			}
			from, err := parseSince(since, time.Now())
			if err != nil {
				return err
			}
			cfg, err := a.resolve(cmd)
			if err != nil {
				return err
			}
			ledger, err := ledgerOf(cfg)
			if err != nil {
				return err
			}
			return exportUsage(a.streams.Out, ledger, from, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "csv", "`FORMAT`: "+strings.Join(formats, ", "))
	cmd.Flags().StringVar(&since, sinceFlag, "all", sinceHelp)
	completeWith(cmd, "format", formats)
	completeWith(cmd, sinceFlag, []string{"1d", "7d", "30d", "all"})
	return cmd
}

func exportUsage(w io.Writer, ledger *usage.Ledger, since time.Time, format string) error {
	out := bufio.NewWriterSize(w, 64<<10)
	export := exportCSV
	if format == "json" {
		export = exportJSON
	}
	if err := export(out, ledger, since); err != nil {
		return err
	}
	return out.Flush()
}

func exportCSV(w io.Writer, ledger *usage.Ledger, since time.Time) error {
	table := csv.NewWriter(w)
	heading := []string{"time", "connection", "provider", "host", "model", "outcome", "input_tokens", "output_tokens",
		"cached_tokens", "reasoning_tokens", "counted", "duration_ms"}
	if err := table.Write(heading); err != nil {
		return err
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	err := ledger.Records(since, func(r *usage.Record) error {
		return table.Write([]string{
			r.Time.UTC().Format(timeLayout), cell(r.Connection), cell(r.Provider), cell(r.Host), cell(r.Model), cell(r.Outcome),
			number(r.Input), number(r.Output), number(r.Cached), number(r.Reasoning), r.Counted.String(), number(r.Duration.Milliseconds()),
		})
	})
	table.Flush()
	if err != nil {
		return err
	}
	return table.Error()
}

// timeLayout is RFC 3339 with milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

// cell keeps a name from being a formula to a spreadsheet
// (https://owasp.org/www-community/attacks/CSV_Injection).
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// recordJSON is a request in JSON output.
type recordJSON struct {
	Time            string `json:"time"`
	Connection      string `json:"connection"`
	Provider        string `json:"provider"`
	Host            string `json:"host"`
	Model           string `json:"model"`
	Outcome         string `json:"outcome"`
	InputTokens     int64  `json:"input_tokens"`
	OutputTokens    int64  `json:"output_tokens"`
	CachedTokens    int64  `json:"cached_tokens"`
	ReasoningTokens int64  `json:"reasoning_tokens"`
	Counted         string `json:"counted"` // reported, estimated or none
	DurationMS      int64  `json:"duration_ms"`
}

// exportJSON writes an array, one request on a line.
func exportJSON(w io.Writer, ledger *usage.Ledger, since time.Time) error {
	before := "[\n"
	err := ledger.Records(since, func(r *usage.Record) error {
		line, err := json.Marshal(recordJSON{
			Time: r.Time.UTC().Format(timeLayout), Connection: r.Connection, Provider: r.Provider, Host: r.Host, Model: r.Model,
			Outcome: r.Outcome, InputTokens: r.Input, OutputTokens: r.Output, CachedTokens: r.Cached, ReasoningTokens: r.Reasoning,
			Counted: r.Counted.String(), DurationMS: r.Duration.Milliseconds(),
		})
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, before+string(line))
		before = ",\n"
		return err
	})
	if err != nil {
		return err
	}
	end := "\n]\n"
	if before == "[\n" {
		end = "[]\n"
	}
	_, err = io.WriteString(w, end)
	return err
}
