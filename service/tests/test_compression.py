"""That events can be read however whoever wrote them, or the topic, has packed them."""

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

CODECS = {"gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
VALUE = b'{"event_id": "E-1"}' * 20


@pytest.mark.parametrize("codec", CODECS)
def test_a_packed_batch_is_read(codec: str) -> None:
    batch = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=CODECS[codec],
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=10_000,
    )
    batch.append(0, timestamp=1, key=None, value=VALUE, headers=[])
    records = MemoryRecords(bytes(batch.build())).next_batch()
    assert records.compression_type == CODECS[codec]
    assert [record.value for record in records] == [VALUE]
