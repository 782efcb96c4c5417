"""Real sentence-transformers models, small and saved to disk: the code that loads hub models is the code that runs here."""

import numpy as np
import pytest

from rag.errors import ConfigurationError
from rag.search.embedder import load_embedder
from rag.search.reranker import CrossEncoderReranker
from rag.search.searcher import Searcher
from rag.search.vectors import connect

VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *"abcdefghijklmnopqrstuvwxyz",
    *(f"##{c}" for c in "abcdefghijklmnopqrstuvwxyz"),
]


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory):
    """A BERT of one layer with random weights, as transformers saves it."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizerFast(vocab=str(folder / "vocab.txt"), do_lower_case=True, model_max_length=128).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_embedding_model(tiny_bert, tmp_path_factory):
    from sentence_transformers import SentenceTransformer

    folder = tmp_path_factory.mktemp("embedding")
    SentenceTransformer(str(tiny_bert), device="cpu").save(str(folder))
    return str(folder)


@pytest.fixture(scope="session")
def tiny_cross_encoder(tiny_bert, tmp_path_factory):
    from sentence_transformers import CrossEncoder

    folder = tmp_path_factory.mktemp("cross")
    CrossEncoder(str(tiny_bert), num_labels=1, device="cpu").save(str(folder))
    return str(folder)


def test_a_saved_model_embeds_indexes_and_searches(tiny_embedding_model, run_sync, index_dir):
    embedder = load_embedder(tiny_embedding_model)
    assert embedder.dimension == 32
    vectors = embedder.encode(["een zin", "een andere zin"])
    assert vectors.shape == (2, 32) and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    run_sync(embedder)
    hits = Searcher(index_dir, connect(index_dir / "chroma"), embedder).search("project Lantaarn")
    assert hits[0].passage.document_id == "project-lantaarn" and "vectors" in hits[0].scores


def test_the_fingerprint_tells_models_apart(tiny_embedding_model, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(tiny_embedding_model, copy)
    first, again = load_embedder(str(copy)).fingerprint, load_embedder(str(copy)).fingerprint
    weights = copy / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert first == again != load_embedder(str(copy)).fingerprint


def test_a_saved_cross_encoder_reranks(tiny_cross_encoder, run_sync, index_dir, encoder):
    reranker = CrossEncoderReranker(tiny_cross_encoder)
    scores = reranker.score("vraag", ["een tekst", "een andere tekst"])
    assert scores.shape == (2,) and reranker.score("vraag", []).shape == (0,)
    run_sync(encoder)
    hits = Searcher(index_dir, connect(index_dir / "chroma"), encoder, reranker).search("Lantaarn", k=2)
    assert hits[0].scores["reranker"] >= hits[1].scores["reranker"]


def test_a_classifier_is_not_a_reranker(tiny_bert, tmp_path):
    from sentence_transformers import CrossEncoder

    CrossEncoder(str(tiny_bert), num_labels=3, device="cpu").save(str(tmp_path / "nli"))
    with pytest.raises(ConfigurationError, match="3 uitkomsten"):
        CrossEncoderReranker(str(tmp_path / "nli"))


@pytest.mark.parametrize("load", [load_embedder, CrossEncoderReranker])
def test_a_model_that_is_not_there_is_told(load, tmp_path):
    with pytest.raises(ConfigurationError, match="kan niet worden geladen"):
        load(str(tmp_path / "weg"))
