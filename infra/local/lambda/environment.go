package lambda

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
)

// Variables are what the environment of a function is made of.
type Variables struct {
	Name, Region        string
	MemoryMB            int
	Binary              string
	LogFormat, LogLevel string            // as LoggingConfig has them, or ""
	Own                 map[string]string // those that the template gives the function
	Extra               map[string]string // those that point it at the services on this machine
}

// Environment gives a process the variables that Lambda would, those of the function, and those that
// point it at this machine; nothing of the runner's own environment. Of two with the same name the
// later in this order stands.
func Environment(v Variables) []string {
	all := map[string]string{
		"AWS_LAMBDA_FUNCTION_NAME":        v.Name,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(v.MemoryMB),
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + v.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      "local",
		"AWS_REGION":                      v.Region,
		"AWS_DEFAULT_REGION":              v.Region,
		"LAMBDA_TASK_ROOT":                filepath.Dir(v.Binary),
		"LAMBDA_RUNTIME_DIR":              filepath.Dir(v.Binary),
		"_HANDLER":                        filepath.Base(v.Binary),
		"LANG":                            "en_US.UTF-8",
		"PATH":                            "/usr/local/bin:/usr/bin:/bin",
		"TZ":                              "UTC",
	}
	if v.LogFormat != "" {
		all["AWS_LAMBDA_LOG_FORMAT"] = v.LogFormat
	}
	if v.LogLevel != "" {
		all["AWS_LAMBDA_LOG_LEVEL"] = v.LogLevel
	}
	maps.Copy(all, v.Own)
	maps.Copy(all, v.Extra)
	var list []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		list = append(list, name+"="+all[name])
	}
	return list
}
