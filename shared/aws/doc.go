// Package aws is what every function needs of AWS before its own work starts: the SDK's configuration, the
// environment that template.yaml sets, a meter of consumed capacity, prices, and the logger.
//
// It holds no client and no rule of the domain. A function's main.go reads the environment, loads the
// configuration, makes its clients and starts; whatever fails there ends the process, which Lambda reports as a
// failed initialisation and tries again.
package aws
