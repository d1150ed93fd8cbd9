import pytest
import torch

from bench import models
from bench.train.measures.filter_unlikeness import filter_unlikeness


def network(kind="local"):
    torch.manual_seed(1)
    return models.build(f"{kind}-net", num_classes=10)


def test_random_filters_are_as_unlike_as_chance_has_it():
    found = filter_unlikeness(network())
    assert list(found) == [1, 2]
    assert all(value == pytest.approx(100, abs=2) for value in found.values())


def test_filters_that_are_shared_are_alike_in_whatever_order_and_sign():
    net = network()
    weight = net[0].weight
    with torch.no_grad():
        weight.copy_(weight[:1].expand_as(weight).clone())
        weight[1::2] = -weight[1::2].flip(1)
    assert filter_unlikeness(net)[1] == pytest.approx(0, abs=1e-3)


def test_convolutions_have_none():
    assert filter_unlikeness(network("shared")) == {}
