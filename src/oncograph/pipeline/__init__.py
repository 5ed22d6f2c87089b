"""Documents in, a published graph out: joins documents, reading, graph and publish."""

from oncograph.pipeline.building import build
from oncograph.pipeline.cluster import connect_cluster
from oncograph.pipeline.published import MANIFEST, PUBLISHED
from oncograph.pipeline.watching import watch

__all__ = ["MANIFEST", "PUBLISHED", "build", "connect_cluster", "watch"]
