"""What the roles of a deployment may do, and a role without some of it."""

import contextlib
import json

from tests.e2e.statements import excused, singles


class Roles:
    """The roles of one endpoint; changes wait until nothing runs."""

    def __init__(self, iam, settle):
        self._iam = iam
        self._settle = settle

    def statements(self):
        """Single statements of each role, by ARN."""
        found = {}
        for role in self._iam.list_roles()["Roles"]:
            name = role["RoleName"]
            documents = [
                self._iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"]
                for each in self._iam.list_role_policies(RoleName=name)["PolicyNames"]
            ]
            found[role["Arn"]] = [
                single for document in documents for single in singles(document["Statement"])
            ]
        return {arn: statements for arn, statements in found.items() if statements}

    def removable(self):
        """Role and statement of each permission whose loss can be seen here."""
        return [
            (role, statement)
            for role, statements in self.statements().items()
            for statement in statements
            if not excused(role, statement)
        ]

    @contextlib.contextmanager
    def without(self, role, *statements):
        """The role lacks statements while the block runs."""
        name = role.rpartition("/")[2]
        every = self.statements()[role]
        (policy,) = self._iam.list_role_policies(RoleName=name)["PolicyNames"]
        self._put(name, policy, [each for each in every if each not in statements])
        try:
            yield
        finally:
            self._settle()
            self._put(name, policy, every)

    def _put(self, role, policy, statements):
        if not statements:
            self._iam.delete_role_policy(RoleName=role, PolicyName=policy)
            return
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self._iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=document)
