// Constant evaluation of operators that move, pick and repeat elements.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "inlay/base/checked.hpp"
#include "inlay/importers/onnx/evaluator.hpp"
#include "inlay/importers/onnx/shape_rules.hpp"
#include "inlay/importers/onnx/slices.hpp"

namespace inlay::importers::onnx_graph {
namespace {

using Index = std::vector<std::size_t>;

Contents copy(const Operands& operands) {
  return {operands.content(0)};
}

std::size_t axis_or(const Operands& operands, std::int64_t otherwise, std::size_t rank) {
  return axis_of(operands.graph(), operands.node(), integer_or(operands.node(), "axis", otherwise), rank);
}

/// An index as it stands in a tensor: negative ones count from the end.
std::size_t element(const Operands& operands, std::int64_t index, std::int64_t size) {
  if (index < -size || index >= size) {
    operands.fail(fmt::format("index {} is not one of {} elements", index, size));
  }
  return static_cast<std::size_t>(index < 0 ? index + size : index);
}

/// The first operand's element for each index of the output.
template <typename Place>
Contents picked(const Operands& operands, Place place) {
  Places places;
  for_each_index(operands.output_shape(), [&](const Index& index) { places.push_back(place(index)); });
  return {pick(operands.content(0), places)};
}

Contents expand(const Operands& operands) {
  return {pick(operands.content(0), broadcast_places(operands.shape(0), operands.output_shape()))};
}

Contents transpose(const Operands& operands) {
  const Dimensions& data = operands.shape(0);
  const std::vector<std::size_t> strides = strides_of(data);
  std::vector<std::int64_t> order = integers_or(operands.node(), "perm", {});
  for (std::size_t i = data.size(); order.size() < data.size() && i-- > 0;) {
    order.push_back(static_cast<std::int64_t>(i));
  }
  return picked(operands, [&](const Index& index) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < index.size(); ++i) {
      place += index[i] * strides.at(static_cast<std::size_t>(order.at(i)));
    }
    return place;
  });
}

Contents tile(const Operands& operands) {
  const Dimensions& data = operands.shape(0);
  const std::vector<std::size_t> strides = strides_of(data);
  return picked(operands, [&](const Index& index) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < index.size(); ++i) {
      place += index[i] % static_cast<std::size_t>(data.at(i)) * strides[i];
    }
    return place;
  });
}

/// Elements of the output, one operand after the other along an axis.
Contents concat(const Operands& operands) {
  const std::size_t axis = axis_or(operands, 1, operands.output_shape().size());
  bool real = false;
  for (std::size_t i = 0; i < operands.inputs(); ++i) {
    real = real || operands.content(i).real;
  }
  const std::vector<std::size_t> strides = strides_of(operands.output_shape());
  const auto elements = static_cast<std::size_t>(count(operands.output_shape()));
  Constant result;
  result.real = real;
  result.reals.resize(real ? elements : 0);
  result.integers.resize(real ? 0 : elements);
  std::size_t before = 0;
  for (std::size_t i = 0; i < operands.inputs(); ++i) {
    const Constant part = as_kind(operands.content(i), real);
    std::size_t at = 0;
    for_each_index(operands.shape(i), [&](const Index& index) {
      std::size_t place = 0;
      for (std::size_t k = 0; k < index.size(); ++k) {
        place += (index[k] + (k == axis ? before : 0)) * strides.at(k);
      }
      if (real) {
        result.reals.at(place) = part.reals[at++];
      } else {
        result.integers.at(place) = part.integers[at++];
      }
    });
    before += static_cast<std::size_t>(operands.shape(i).at(axis));
  }
  return {result};
}

Contents split(const Operands& operands) {
  const Dimensions& data = operands.shape(0);
  const std::size_t axis = axis_or(operands, 0, data.size());
  const std::vector<std::size_t> strides = strides_of(data);
  Contents results;
  std::size_t before = 0;
  for (std::size_t i = 0; i < operands.node().outputs.size(); ++i) {
    const int output = operands.node().outputs[i];
    if (output < 0 || !operands.graph().value(output).shape) {
      return results;  // how far the next part begins is not known
    }
    Places places;
    for_each_index(operands.output_shape(i), [&](const Index& index) {
      std::size_t place = before * strides[axis];
      for (std::size_t k = 0; k < index.size(); ++k) {
        place += index[k] * strides[k];
      }
      places.push_back(place);
    });
    results.emplace_back(pick(operands.content(0), places));
    before += static_cast<std::size_t>(operands.output_shape(i)[axis]);
  }
  return results;
}

Contents slice(const Operands& operands) {
  const auto slices = slice_of(operands.graph(), operands.node(), operands.shape(0));
  if (!slices) {
    return {};
  }
  const std::vector<std::size_t> strides = strides_of(operands.shape(0));
  return picked(operands, [&](const Index& index) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < index.size(); ++i) {
      const AxisSlice& part = slices->at(i);
      place +=
          static_cast<std::size_t>(part.start + static_cast<std::int64_t>(index[i]) * part.step) * strides[i];
    }
    return place;
  });
}

Contents gather(const Operands& operands) {
  const Dimensions& data = operands.shape(0);
  const std::size_t axis = axis_or(operands, 0, data.size());
  const std::vector<std::size_t> strides = strides_of(data);
  const std::size_t rank = operands.shape(1).size();
  const std::vector<std::size_t> index_strides = strides_of(operands.shape(1));
  return picked(operands, [&](const Index& index) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < rank; ++i) {
      at += index[axis + i] * index_strides[i];
    }
    std::size_t place = element(operands, operands.content(1).integers.at(at), data[axis]) * strides[axis];
    for (std::size_t i = 0; i < data.size(); ++i) {
      place += i == axis ? 0 : index[i < axis ? i : i + rank - 1] * strides[i];
    }
    return place;
  });
}

Contents gather_elements(const Operands& operands) {
  const Dimensions& data = operands.shape(0);
  const std::size_t axis = axis_or(operands, 0, data.size());
  const std::vector<std::size_t> strides = strides_of(data);
  std::size_t at = 0;
  return picked(operands, [&](const Index& index) {
    std::size_t place = element(operands, operands.content(1).integers.at(at++), data[axis]) * strides[axis];
    for (std::size_t i = 0; i < data.size(); ++i) {
      place += i == axis ? 0 : index.at(i) * strides[i];
    }
    return place;
  });
}

/// The place at which the tuple of indices number `tuple` begins, in a tensor of shape `data`; the first
/// `batch` dimensions are those of `index`.
std::size_t place_of_tuple(const Operands& operands, const Dimensions& data, std::size_t tuple,
                           std::size_t width, std::size_t batch, const Index& index) {
  const std::vector<std::size_t> strides = strides_of(data);
  std::size_t place = 0;
  for (std::size_t i = 0; i < batch; ++i) {
    place += index.at(i) * strides.at(i);
  }
  for (std::size_t i = 0; i < width; ++i) {
    place += element(operands, operands.content(1).integers.at(tuple * width + i), data.at(batch + i)) *
             strides.at(batch + i);
  }
  return place;
}

Contents gather_nd(const Operands& operands) {
  const Dimensions& data = operands.shape(0);
  const Dimensions& indices = operands.shape(1);
  const auto batch =
      static_cast<std::size_t>(std::clamp<std::int64_t>(integer_or(operands.node(), "batch_dims", 0), 0, 16));
  if (indices.empty() || indices.size() <= batch) {
    return {};
  }
  const auto width = static_cast<std::size_t>(indices.back());
  const std::vector<std::size_t> tuples = strides_of(Dimensions(indices.begin(), indices.end() - 1));
  const std::vector<std::size_t> strides = strides_of(data);
  return picked(operands, [&](const Index& index) {
    std::size_t tuple = 0;
    for (std::size_t i = 0; i < tuples.size(); ++i) {
      tuple += index.at(i) * tuples[i];
    }
    std::size_t place = place_of_tuple(operands, data, tuple, width, batch, index);
    for (std::size_t i = batch + width; i < data.size(); ++i) {
      place += index.at(tuples.size() + i - batch - width) * strides[i];
    }
    return place;
  });
}

/// Elements, or slices along an axis, where the condition is true.
Contents compress(const Operands& operands) {
  const Dimensions& data = operands.shape(0);
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < operands.content(1).size(); ++i) {
    if (operands.content(1).number(i) != 0) {
      kept.push_back(i);
    }
  }
  if (attribute(operands.node(), "axis") == nullptr) {
    return {pick(operands.content(0), kept)};
  }
  const std::size_t axis = axis_or(operands, 0, data.size());
  const std::vector<std::size_t> strides = strides_of(data);
  return picked(operands, [&](const Index& index) {
    std::size_t place = 0;
    for (std::size_t i = 0; i < index.size(); ++i) {
      place += (i == axis ? kept.at(index[i]) : index[i]) * strides[i];
    }
    return place;
  });
}

/// [dimensions, elements that are not 0]
Contents non_zero(const Operands& operands) {
  const std::size_t rank = std::max<std::size_t>(operands.shape(0).size(), 1);
  std::vector<std::vector<std::int64_t>> found(rank);
  std::size_t at = 0;
  for_each_index(operands.shape(0), [&](const Index& index) {
    if (operands.content(0).number(at++) == 0) {
      return;
    }
    for (std::size_t i = 0; i < rank; ++i) {
      found[i].push_back(i < index.size() ? static_cast<std::int64_t>(index[i]) : 0);
    }
  });
  Constant result;
  for (const std::vector<std::int64_t>& row : found) {
    result.integers.insert(result.integers.end(), row.begin(), row.end());
  }
  return {result};
}

/// Rows of the second operand's places become those of the third.
Contents scatter_nd(const Operands& operands) {
  const Dimensions& data = operands.shape(0);
  const Dimensions& indices = operands.shape(1);
  if (indices.empty() || text_or(operands.node(), "reduction", "none") != "none") {
    return {};
  }
  const auto width = static_cast<std::size_t>(indices.back());
  if (width > data.size()) {
    return {};
  }
  const auto row = static_cast<std::size_t>(
      count(Dimensions(data.begin() + static_cast<std::ptrdiff_t>(width), data.end())));
  Constant result = operands.content(0);
  const Constant updates = as_kind(operands.content(2), result.real);
  const auto tuples = static_cast<std::size_t>(count(Dimensions(indices.begin(), indices.end() - 1)));
  for (std::size_t tuple = 0; tuple < tuples; ++tuple) {
    const std::size_t place = place_of_tuple(operands, data, tuple, width, 0, {});
    for (std::size_t i = 0; i < row; ++i) {
      if (result.real) {
        result.reals.at(place + i) = updates.reals.at(tuple * row + i);
      } else {
        result.integers.at(place + i) = updates.integers.at(tuple * row + i);
      }
    }
  }
  return {result};
}

Contents scatter_elements(const Operands& operands) {
  const Dimensions& data = operands.shape(0);
  if (text_or(operands.node(), "reduction", "none") != "none") {
    return {};
  }
  const std::size_t axis = axis_or(operands, 0, data.size());
  const std::vector<std::size_t> strides = strides_of(data);
  Constant result = operands.content(0);
  const Constant updates = as_kind(operands.content(2), result.real);
  std::size_t at = 0;
  for_each_index(operands.shape(1), [&](const Index& index) {
    std::size_t place = element(operands, operands.content(1).integers.at(at), data[axis]) * strides[axis];
    for (std::size_t i = 0; i < data.size(); ++i) {
      place += i == axis ? 0 : index.at(i) * strides[i];
    }
    if (result.real) {
      result.reals.at(place) = updates.reals.at(at++);
    } else {
      result.integers.at(place) = updates.integers.at(at++);
    }
  });
  return {result};
}

/// Constant padding; other modes repeat elements, which only the number of elements is asked of.
Contents pad(const Operands& operands) {
  const Dimensions& data = operands.shape(0);
  const auto pads = padding_of(operands.graph(), operands.node(), data.size());
  if (!pads || text_or(operands.node(), "mode", "constant") != "constant") {
    return {};
  }
  const bool given = operands.has(2) && operands.content(2).size() == 1;
  const double fill = given ? operands.content(2).number(0) : real_or(operands.node(), "value", 0);
  Constant from = operands.content(0);
  const std::size_t outside = from.size();
  (from.real ? from.reals.push_back(fill)
             : from.integers.push_back(as_kind({true, {}, {fill}}, false).integers[0]));
  const std::vector<std::size_t> strides = strides_of(data);
  Places places;
  for_each_index(operands.output_shape(), [&](const Index& index) {
    std::size_t place = 0;
    bool inside = true;
    for (std::size_t i = 0; i < index.size(); ++i) {
      const std::int64_t at = static_cast<std::int64_t>(index[i]) - (*pads)[i];
      inside = inside && at >= 0 && at < data.at(i);
      place += inside ? static_cast<std::size_t>(at) * strides[i] : 0;
    }
    places.push_back(inside ? place : outside);
  });
  return {pick(from, places)};
}

}  // namespace

const Evaluations& movement_evaluations() {
  static const Evaluations kAll = {
      {"Identity", copy},
      {"Dropout", copy},
      {"Reshape", copy},
      {"Squeeze", copy},
      {"Unsqueeze", copy},
      {"Flatten", copy},
      {"Transpose", transpose},
      {"Expand", expand},
      {"Tile", tile},
      {"Concat", concat},
      {"Split", split},
      {"Slice", slice},
      {"Gather", gather},
      {"GatherElements", gather_elements},
      {"GatherND", gather_nd},
      {"Compress", compress},
      {"NonZero", non_zero},
      {"ScatterND", scatter_nd},
      {"Scatter", scatter_elements},
      {"ScatterElements", scatter_elements},
      {"Pad", pad},
  };
  return kAll;
}

}  // namespace inlay::importers::onnx_graph
