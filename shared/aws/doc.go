// Package aws is what functions share of AWS: the SDK's configuration, the environment that template.yaml sets, the
// clock, the logger, a meter of consumed capacity and prices, and what several tables do in the same way.
//
// It holds no client and no rule of the domain. A function's main.go reads the environment, loads the
// configuration, makes its clients and starts; whatever fails there ends the process, which Lambda reports as a
// failed initialisation and tries again.
package aws
