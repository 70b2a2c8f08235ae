// Package rabbitmq describes the published Terraform provider for RabbitMQ the way the npm package @pulumi/rabbitmq expects it.
package rabbitmq

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	terraform "github.com/terraform-providers/terraform-provider-rabbitmq/rabbitmq"
)

// Version is the version of @pulumi/rabbitmq whose tokens and property names this is.
const Version = "3.3.8"

// Provider returns the bridge's description of the provider.
func Provider() tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:       shimv2.NewProvider(terraform.Provider()),
		Name:    "rabbitmq",
		Version: Version,
		Resources: map[string]*tfbridge.ResourceInfo{
			"rabbitmq_vhost": {Tok: "rabbitmq:index/vHost:VHost"},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"rabbitmq_vhost": {Tok: "rabbitmq:index/getVHost:getVHost"},
		},
	}
	info.MustComputeTokens(tokens.SingleModule("rabbitmq_", "index", tokens.MakeStandard("rabbitmq")))
	info.SetAutonaming(255, "-")
	return info
}
