// Command schema writes schema.json beside the main.go of each bridged provider, for it to embed.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"eventloom.internal/tools/pulumi-bridges/kafka"
	"eventloom.internal/tools/pulumi-bridges/rabbitmq"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
)

func main() {
	for _, info := range []tfbridge.ProviderInfo{kafka.Provider(), rabbitmq.Provider()} {
		if err := write(info); err != nil {
			fmt.Fprintf(os.Stderr, "schema of %s: %v\n", info.Name, err)
			os.Exit(1)
		}
	}
}

func write(info tfbridge.ProviderInfo) error {
	result, err := tfgen.GenerateSchemaWithOptions(tfgen.GenerateSchemaOptions{
		ProviderInfo: info,
		// Warnings about examples that are not there would fill pages.
		DiagnosticsSink: diag.DefaultSink(io.Discard, os.Stderr, diag.FormatOptions{Color: colors.Never}),
		XInMemoryDocs:   true,
	})
	if err != nil {
		return err
	}
	text, err := json.Marshal(result.PackageSpec)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join("pulumi-resource-"+info.Name, "schema.json"), text, 0o644)
}
