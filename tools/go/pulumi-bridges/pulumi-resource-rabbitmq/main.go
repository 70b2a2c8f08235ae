// Command pulumi-resource-rabbitmq serves the bridged provider to Pulumi.
package main

import (
	_ "embed"

	"eventloom.internal/tools/pulumi-bridges/rabbitmq"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
)

// schema.json is written beside this file by the command schema, in the copy of this module that the build works on.
//
//go:embed schema.json
var schema []byte

func main() {
	tfbridge.Main("rabbitmq", rabbitmq.Version, rabbitmq.Provider(), schema)
}
