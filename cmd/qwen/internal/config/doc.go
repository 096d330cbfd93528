// Package config resolves what the program was told: every value once, with the
// place that it came from and what it hides.
//
// # Order
//
// A value is taken from the first of these places that has it:
//
//  1. a command-line flag
//  2. the process environment (an empty variable counts as not set)
//  3. the one .env file that counts (package dotenv)
//  4. settings files: .qwen/settings.json in the working directory, then the
//     user's (~/.qwen/settings.json or $QWEN_HOME/settings.json); in each, first
//     its "env" map, then its keys
//  5. a stored credential
//  6. a default
//
// [Keys] is the table of all values: flag, variables, settings paths and type.
// Command help, "qwen config list" and the documentation come from it.
//
// # Trust
//
// Flags, the process environment and the files in the home directory are the
// user's. A project's files (a .env on the way up, .qwen/settings.json in the
// working directory) are whoever's the project is. They may set only what the
// documentation says, and they are bound by one rule: a key never meets an
// endpoint that a less trusted place chose. See [OriginError].
//
// # Files
//
// settings.json is shared with another tool: comments and trailing commas are
// accepted, unknown keys are left alone, nothing is ever written. In the user's
// own file $NAME and ${NAME} stand for variables of the process environment and
// of the user's own .env; in a project's file they mean nothing, for else
// "https://evil.example/$OPENAI_API_KEY" would be a way out for the key.
//
// # Viper
//
// Precedence is decided here, because viper cannot say where a value came from
// and lower-cases map keys, model ids and variable names among them. Viper gets
// the winners, by the names of the key table, and turns them into [Options].
package config
