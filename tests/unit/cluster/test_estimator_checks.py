"""The estimator keeps scikit-learn's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.cluster import DBSCAN
from sklearn.utils.estimator_checks import estimator_checks_generator
from sklearn.utils.validation import validate_data

from hubscan.cluster.density import density_clusters
from hubscan.cluster.estimator import SphericalDBSCAN
from hubscan.errors import InputError
from hubscan.sphere import EARTH_RADIUS_KM

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

OTHER_COLUMNS = "fits X that is not two columns, which are no coordinates"
BEYOND_THE_POLE = "fits X about 100, which is no latitude"
REFUSED = {
    "check_fit_score_takes_y": OTHER_COLUMNS,
    "check_dont_overwrite_parameters": OTHER_COLUMNS,
    "check_n_features_in_after_fitting": OTHER_COLUMNS,
    "check_positive_only_tag_during_fit": OTHER_COLUMNS,
    "check_estimators_dtypes": OTHER_COLUMNS,
    "check_sample_weights_list": OTHER_COLUMNS,
    "check_all_zero_sample_weights_error": OTHER_COLUMNS,
    "check_sample_weight_equivalence_on_dense_data": OTHER_COLUMNS,
    "check_dtype_object": OTHER_COLUMNS,
    "check_pipeline_consistency": OTHER_COLUMNS,
    "check_estimators_nan_inf": OTHER_COLUMNS,
    "check_estimators_pickle": OTHER_COLUMNS,
    "check_f_contiguous_array_estimator": OTHER_COLUMNS,
    "check_methods_sample_order_invariance": OTHER_COLUMNS,
    "check_methods_subset_invariance": OTHER_COLUMNS,
    "check_fit2d_1sample": OTHER_COLUMNS,
    "check_dict_unchanged": OTHER_COLUMNS,
    "check_fit2d_predict1d": OTHER_COLUMNS,
    "check_fit_idempotent": BEYOND_THE_POLE,
    "check_fit_check_is_fitted": BEYOND_THE_POLE,
    "check_n_features_in": BEYOND_THE_POLE,
}
NOT_APPLICABLE = {"check_array_api_input"}  # needs a variable set before SciPy is imported


class OnAnyColumns(SphericalDBSCAN):
    """The estimator on numbers of any kind: the first two columns, bent to fit on the Earth."""

    def fit(
        self,
        X: ArrayLike,  # noqa: N803 - the name scikit-learn gives to samples
        y: None = None,
        sample_weight: ArrayLike | None = None,
    ) -> OnAnyColumns:
        """Fit the bent columns, and keep the number of those given."""
        columns = validate_data(self, X, dtype=np.float64)
        pair = np.column_stack((columns, np.zeros(len(columns))))[:, :2]
        super().fit(np.arctan(pair / 50.0) * 50.0, y, sample_weight)
        validate_data(self, X, dtype=np.float64)
        return self


def checks(estimator: SphericalDBSCAN) -> list[Any]:
    return [
        pytest.param(checked, check, id=f"{check.func.__name__}{check.keywords or ''}")
        for checked, check in estimator_checks_generator(estimator, mark=None)
        if check.func.__name__ not in NOT_APPLICABLE
    ]


@pytest.mark.parametrize(("estimator", "check"), checks(OnAnyColumns(radius_km=55.0)))
def test_keeps_every_rule_on_any_columns(
    estimator: SphericalDBSCAN, check: Callable[[Any], None]
) -> None:
    check(estimator)


@pytest.mark.parametrize(("estimator", "check"), checks(SphericalDBSCAN(radius_km=55.0)))
def test_keeps_the_rules_and_refuses_what_is_not_a_coordinate(
    estimator: SphericalDBSCAN,
    check: Any,  # noqa: ANN401 - a partial of some function
) -> None:
    if check.func.__name__ in REFUSED:
        # some checks turn the InputError into their own
        with pytest.raises((InputError, AssertionError), match=r"needed|InputError"):
            check(estimator)
    else:
        check(estimator)


def test_finds_what_scikit_learn_finds() -> None:
    rng = np.random.default_rng(5)
    places = np.column_stack((rng.normal(48, 0.4, 3000), rng.normal(2, 0.6, 3000)))
    weights = rng.integers(0, 4, 3000)
    theirs = DBSCAN(eps=5.0 / EARTH_RADIUS_KM, min_samples=12, metric="haversine").fit(
        np.radians(places), sample_weight=weights
    )
    ours = SphericalDBSCAN(radius_km=5.0, min_weight=12.0).fit(places, sample_weight=weights)
    np.testing.assert_array_equal(ours.core_sample_indices_, theirs.core_sample_indices_)
    np.testing.assert_array_equal(ours.labels_ == -1, theirs.labels_ == -1)
    assert ours.labels_.max() == theirs.labels_.max()


def test_whole_weights_give_the_clusters_of_the_function() -> None:
    rng = np.random.default_rng(6)
    places = np.column_stack((rng.normal(0, 0.3, 500), (rng.normal(0, 0.3, 500)) % 360 - 180))
    weights = rng.integers(0, 10**15, 500)
    labels, core = density_clusters(
        places[:, 0],
        places[:, 1],
        weights,
        radius_km=15.0,
        min_weight=15 * 10**15,
        border_rule="nearest_core",
        include_self=True,
    )
    found = SphericalDBSCAN(min_weight=15e15).fit(places, sample_weight=weights)
    assert 0 < core.sum() < 500
    np.testing.assert_array_equal(found.labels_, labels)
    np.testing.assert_array_equal(found.core_sample_mask_, core)


def test_equality_with_the_threshold_counts_for_fractions_too() -> None:
    places = [[0.0, 0.0]] * 4
    for share in (0.25, 2.0**-40, 3.0e200, 1.0e-200):
        found = SphericalDBSCAN(min_weight=4 * share).fit(places, sample_weight=[share] * 4)
        assert found.core_sample_mask_.all()
        found = SphericalDBSCAN(min_weight=np.nextafter(4 * share, np.inf))
        assert not found.fit(places, sample_weight=[share] * 4).core_sample_mask_.any()


@pytest.mark.parametrize(
    ("numbers", "weights", "sentence"),
    [
        ({"min_weight": 0.0}, None, "min_weight = 0.0: must be greater than 0"),
        ({"min_weight": float("nan")}, None, "min_weight = nan: must be greater than 0"),
        ({"radius_km": 0.0}, None, "radius_km = 0.0: must be from 0.0001"),
        ({"border_rule": "first"}, None, "must be one of nearest_core, lowest_id, noise"),
        ({}, [1.0, -1.0], r"sample_weight of row 1 is -1\.0, needed 0 or more"),
    ],
)
def test_refuses_bad_numbers(
    numbers: dict[str, Any], weights: list[float] | None, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        SphericalDBSCAN(**numbers).fit([[0.0, 0.0], [1.0, 1.0]], sample_weight=weights)
