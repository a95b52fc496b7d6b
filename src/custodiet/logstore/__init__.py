"""The log on a disk: Parquet segments, flat files of hashes, one commit point, one writer, readers on a snapshot."""
