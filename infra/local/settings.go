package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// settings are what flags and environment say.
type settings struct {
	template, build, state string
	verbose, noSample      bool
	parameters             parameters
	api, phone, s3, sns    port
	dynamodb, signIn       port
	// dynamodbEndpoint is a DynamoDB that runs already, or "".
	dynamodbEndpoint string
}

// port is a place to listen, and the variable that moves it.
type port struct {
	number   int // 0 picks a free one
	what     string
	variable string
}

// parameters are the template's parameters, given as --param Name=value.
type parameters map[string]string

// String is for package flag.
func (p parameters) String() string { return "" }

// Set takes one Name=value.
func (p parameters) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fmt.Errorf("%q is not Name=value", text)
	}
	p[name] = value
	return nil
}

func readSettings(args []string, getenv func(string) string) (settings, error) {
	s := settings{parameters: parameters{}, dynamodbEndpoint: strings.TrimSuffix(getenv("DYNAMODB_ENDPOINT"), "/")}
	state := getenv("VOICE_STATE")
	if state == "" {
		state = ".local"
	}
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.StringVar(&s.template, "template", "template.yaml", "the SAM template to run")
	flags.StringVar(&s.build, "build", "build", "the folder with NAME/bootstrap for each function")
	flags.StringVar(&s.state, "state", state, "the folder that keeps records, queues, phones and logs (also VOICE_STATE)")
	flags.BoolVar(&s.verbose, "verbose", false, "show what functions print, not only in their log files")
	flags.BoolVar(&s.noSample, "no-sample", false, "do not load invented people into an empty state")
	flags.Var(s.parameters, "param", "set a template parameter, as Name=value (may be repeated)")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), "Runs template.yaml on this machine. Ctrl-C stops it.\n\n")
		flags.PrintDefaults()
		fmt.Fprint(flags.Output(), `
Ports (0 picks a free one): VOICE_API_PORT 8080, VOICE_PHONE_PORT 8081, VOICE_S3_PORT 9000,
VOICE_DYNAMODB_PORT 8000, VOICE_SNS_PORT 9911 (SNS and SQS), VOICE_OIDC_PORT 9998 (staff sign-in).
DYNAMODB_ENDPOINT uses a DynamoDB that runs already, with the AWS credentials of the environment if it
has any.
`)
	}
	if len(args) > 0 && (args[0] == "-h" || args[0] == "-help" || args[0] == "--help") {
		flags.SetOutput(os.Stdout)
	}
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	if flags.NArg() > 0 {
		return settings{}, fmt.Errorf("there is no argument %q; --help lists what there is", flags.Arg(0))
	}
	for _, p := range []struct {
		to       *port
		fallback int
		what     string
		variable string
	}{
		{&s.api, 8080, "the API", "VOICE_API_PORT"},
		{&s.phone, 8081, "the phones", "VOICE_PHONE_PORT"},
		{&s.s3, 9000, "S3", "VOICE_S3_PORT"},
		{&s.dynamodb, 8000, "DynamoDB", "VOICE_DYNAMODB_PORT"},
		{&s.sns, 9911, "SNS and SQS", "VOICE_SNS_PORT"},
		{&s.signIn, 9998, "staff sign-in", "VOICE_OIDC_PORT"},
	} {
		*p.to = port{number: p.fallback, what: p.what, variable: p.variable}
		if text := getenv(p.variable); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 || n > 65535 {
				return settings{}, fmt.Errorf("%s is %q; a port is a number from 0 to 65535", p.variable, text)
			}
			p.to.number = n
		}
	}
	return s, nil
}
