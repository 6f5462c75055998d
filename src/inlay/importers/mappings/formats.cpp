#include "inlay/importers/mappings/formats.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "inlay/base/checked.hpp"
#include "inlay/base/error.hpp"

namespace inlay::importers::mappings {

using cost::mapped::Dimension;
using cost::mapped::FixedMapping;
using cost::mapped::MappedLoop;
using cost::mapped::Storage;

FixedMapping empty_mapping(const MappingRequest& request) {
  FixedMapping mapping;
  mapping.name = std::filesystem::path(request.file).filename().string();
  mapping.mini_batch = request.mini_batch;
  mapping.shape = workload::ConvolutionShape{};
  if (request.layer) {
    mapping.layer = request.layer->name;
    mapping.shape = request.layer->shape;
    mapping.precision = request.layer->precision;
  }
  for (std::size_t i = 0; i < cost::mapped::kStorages; ++i) {
    mapping.levels.push_back({static_cast<Storage>(i), {}});
  }
  return mapping;
}

std::vector<MappedLoop>& loops_at(FixedMapping& mapping, Storage storage) {
  return mapping.levels.at(static_cast<std::size_t>(storage)).loops;
}

std::int64_t product_of(const FixedMapping& mapping, Dimension dimension) {
  std::int64_t product = 1;
  for (const cost::mapped::MappedLevel& level : mapping.levels) {
    for (const MappedLoop& loop : level.loops) {
      product = loop.dimension == dimension ? base::checked_multiply(product, loop.factor) : product;
    }
  }
  return product;
}

void infer_convolution(FixedMapping& mapping) {
  workload::ConvolutionShape shape;
  shape.groups = product_of(mapping, cost::data_centric::kG);
  shape.out_channels = base::checked_multiply(shape.groups, product_of(mapping, cost::data_centric::kK));
  shape.in_channels = base::checked_multiply(shape.groups, product_of(mapping, cost::data_centric::kC));
  shape.out_height = product_of(mapping, cost::data_centric::kY);
  shape.out_width = product_of(mapping, cost::data_centric::kX);
  shape.kernel_height = product_of(mapping, cost::data_centric::kR);
  shape.kernel_width = product_of(mapping, cost::data_centric::kS);
  mapping.shape = shape;
  mapping.mini_batch = product_of(mapping, cost::data_centric::kN);
  mapping.layer = "as the factors multiply up";
  mapping.notes.emplace_back(
      "the file states no layer: it is the convolution that the factors multiply up to, with stride 1 and "
      "without padding");
}

Dimension foreign_dimension(const std::string& name, bool product,
                            const std::map<std::string, Dimension>& names) {
  const auto found = names.find(name);
  if (found == names.end()) {
    std::vector<std::string> allowed;
    for (const auto& [word, dimension] : names) {
      allowed.push_back(word);
    }
    throw base::InputError(
        fmt::format("'{}' is not a dimension; {}", name, base::allowed_values(name, allowed)));
  }
  // A product's rows are Y here, wherever the file puts them.
  const bool is_row = found->second == cost::data_centric::kX || found->second == cost::data_centric::kN;
  return product && is_row ? cost::data_centric::kY : found->second;
}

}  // namespace inlay::importers::mappings
