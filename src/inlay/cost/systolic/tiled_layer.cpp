#include "inlay/cost/systolic/tiled_layer.hpp"

#include <algorithm>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"
#include "inlay/cost/data_centric/mapping.hpp"
#include "inlay/dataflow/dataflow.hpp"

namespace inlay::cost::systolic {
namespace {

data_centric::LoopNest nest_without_loops(const workload::Shape& shape, std::int64_t mini_batch) {
  const dataflow::Dataflow none;
  if (const auto* product = std::get_if<workload::GemmShape>(&shape)) {
    return data_centric::Mapping(*product, mini_batch, none, 1, false).layer();
  }
  return data_centric::Mapping(std::get<workload::ConvolutionShape>(shape), mini_batch, none, 1, false)
      .layer();
}

/// Unlike the loop nest's window, one tap does not skip the rows between two strides: the DMA engine reads
/// them.
data_centric::Window window_of(std::int64_t stride, std::int64_t dilation, std::int64_t padding,
                               std::int64_t in_extent) {
  data_centric::Window window{stride, dilation};
  if (in_extent > 0) {
    window.begin = padding;
    window.end = base::checked_add(padding, in_extent);
  }
  return window;
}

/// The rows of a product are the pixels of one line of an image.
void lay_rows_along_columns(Extents& extents) {
  std::swap(extents[data_centric::kX], extents[data_centric::kY]);
}

}  // namespace

TiledLayer tiled(const workload::Shape& shape, std::int64_t mini_batch, const workload::Precision& precision,
                 const Extents& tile, const std::vector<Dimension>& order) {
  const data_centric::LoopNest nest = nest_without_loops(shape, mini_batch);
  if (nest.channelwise) {
    throw base::InfeasibleError(
        "tile commands have no depthwise convolution; cost its channels as layers of their own");
  }
  TiledLayer layer;
  layer.extent = nest.extent;
  layer.tile = tile;
  layer.precision = precision;
  std::vector<Dimension> all = order;
  if (const auto* convolution = std::get_if<workload::ConvolutionShape>(&shape)) {
    layer.vertical = window_of(convolution->stride_y, convolution->dilation_y, convolution->padding_y,
                               convolution->in_height);
    layer.horizontal = window_of(convolution->stride_x, convolution->dilation_x, convolution->padding_x,
                                 convolution->in_width);
    layer.all_in_channels = convolution->in_channels;
    layer.all_out_channels = convolution->out_channels;
  } else {
    layer.is_product = true;
    layer.all_in_channels = nest.extent[data_centric::kC];
    layer.all_out_channels = nest.extent[data_centric::kK];
    lay_rows_along_columns(layer.extent);
    lay_rows_along_columns(layer.tile);
    std::replace(all.begin(), all.end(), data_centric::kY, data_centric::kX);
  }
  for (std::size_t d = 0; d < kDimensions; ++d) {
    all.push_back(static_cast<Dimension>(d));
  }
  Extents placed{};
  for (const Dimension dimension : all) {
    const std::int64_t count = base::ceil_divide(layer.extent[dimension], layer.tile[dimension]);
    if (count > 1 && placed[dimension] == 0) {
      layer.loops.push_back({dimension, count});
    }
    placed[dimension] = 1;
  }
  return layer;
}

}  // namespace inlay::cost::systolic
