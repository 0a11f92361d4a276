"""The endpoints by which functions in a VPC reach AWS, where the VPC has no other way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings

INTERFACES: Final = {"States": "states", "Monitoring": "monitoring"}
"""What the functions call beside S3. Lambda itself brings logs and traces out, decrypts the
environment, and calls the functions (Lambda Developer Guide, "Giving Lambda functions access to
resources in an Amazon VPC")."""
FOR_MESSAGES: Final = {"Sns": "sns"}
"""What the watcher tells of rejections by, with the setting `rejected_percent`."""
HTTPS: Final = 443


class NetworkStack(cdk.Stack):
    """An endpoint for S3 in the route tables, and one for each other API in the subnets."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, **stack: Any
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        self._settings = settings
        ec2.CfnVPCEndpoint(
            self,
            "S3",
            vpc_id=settings.vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=self._service("s3"),
            route_table_ids=settings.vpc_route_tables.split(),
        )
        group = self._security_group()
        interfaces = INTERFACES | (FOR_MESSAGES if settings.rejected_percent else {})
        for construct_id_, service in interfaces.items():
            ec2.CfnVPCEndpoint(
                self,
                construct_id_,
                vpc_id=settings.vpc_id,
                vpc_endpoint_type="Interface",
                service_name=self._service(service),
                subnet_ids=settings.vpc_subnets.split(),
                security_group_ids=[group.attr_group_id],
                private_dns_enabled=True,
            )

    def _service(self, name: str) -> str:
        return f"com.amazonaws.{self._settings.aws_region}.{name}"

    def _security_group(self) -> ec2.CfnSecurityGroup:
        """HTTPS from the functions and from nobody else."""
        return ec2.CfnSecurityGroup(
            self,
            "Endpoints",
            vpc_id=self._settings.vpc_id,
            group_description=f"HTTPS from the functions of {self._settings.prefix}",
            security_group_ingress=[
                ec2.CfnSecurityGroup.IngressProperty(
                    ip_protocol="tcp",
                    from_port=HTTPS,
                    to_port=HTTPS,
                    source_security_group_id=each,
                    description="A function",
                )
                for each in self._settings.vpc_security_groups.split()
            ],
        )
