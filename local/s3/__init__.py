"""The object store, where moto does not do as S3 does, and the fast ways."""
