"""Deployment by GitHub Actions: who may, told apart by the token that GitHub signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from stacks.constructs.grants import allow

if TYPE_CHECKING:
    from constructs import Construct

    from stacks.settings import Settings

ISSUER: Final = "token.actions.githubusercontent.com"
DEPLOYING: Final = ("deploy", "file-publishing", "lookup")
READING_TEMPLATES: Final = ("cloudformation:DescribeStacks", "cloudformation:GetTemplate")
"""All that `cdk diff --no-change-set` asks for."""


class DeliveryStack(cdk.Stack):
    """The roles of two workflows; no key is stored anywhere.

    `deploy.yml` may take its role only from a job that runs in the GitHub environment of this
    deployment's name, which is where an approval is asked for. It can do nothing but become the
    roles that `cdk bootstrap` made. `ci.yml` may take the other for a pull request, whose code
    nobody has looked at yet: it reads the templates of this deployment's stacks and nothing else,
    where the bootstrap's lookup role could read every object of the account.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, **stack: Any
    ) -> None:
        super().__init__(scope, construct_id, **stack)
        repository = f"repo:{settings.github_repository}"
        self._provider = settings.github_provider_arn or self._new_provider()
        deploying = self._role("Deploy", f"{repository}:environment:{settings.environment}")
        allow(deploying, "sts:AssumeRole", on=[self._bootstrapped(name) for name in DEPLOYING])
        diff = self._role("Diff", f"{repository}:pull_request")
        allow(diff, *READING_TEMPLATES, on=[self._stacks(settings)])
        cdk.CfnOutput(self, "DeployRoleArn", value=deploying.role_arn)
        cdk.CfnOutput(self, "DiffRoleArn", value=diff.role_arn)

    def _new_provider(self) -> str:
        """GitHub as an issuer of tokens. An account has one at most: another stack's is named."""
        provider = iam.CfnOIDCProvider(
            self, "GitHub", url=f"https://{ISSUER}", client_id_list=["sts.amazonaws.com"]
        )
        return provider.attr_arn

    def _role(self, construct_id: str, subject: str) -> iam.Role:
        """A role for one kind of job, by the token's `sub` (GitHub Docs, "OpenID Connect")."""
        claims = {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": subject}
        return iam.Role(
            self,
            construct_id,
            assumed_by=iam.WebIdentityPrincipal(self._provider, {"StringEquals": claims}),
            max_session_duration=cdk.Duration.hours(1),
        )

    def _bootstrapped(self, name: str) -> str:
        """A role of `cdk bootstrap`'s, by its name (CDK Developer Guide, "Bootstrapping")."""
        qualifier = self.synthesizer.bootstrap_qualifier
        role = f"cdk-{qualifier}-{name}-role-{self.account}-{self.region}"
        return f"arn:aws:iam::{self.account}:role/{role}"

    def _stacks(self, settings: Settings) -> str:
        return self.format_arn(
            service="cloudformation", resource="stack", resource_name=f"{settings.prefix}-*/*"
        )
