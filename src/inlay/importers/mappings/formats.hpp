#pragma once

#include <map>
#include <string>
#include <vector>

#include "inlay/base/yaml.hpp"
#include "inlay/importers/mappings/mapping_request.hpp"

/// One function per format, and what they share.
namespace inlay::importers::mappings {

cost::mapped::FixedMapping read_own(const base::YamlNode& root, const MappingRequest& request);
cost::mapped::FixedMapping read_timeloop(const base::YamlNode& root, const MappingRequest& request);
/// Timeloop's one-line form: "L3[WIO] K2 P7 - L2[WI] K16X - L1[O] C8 Q28 C16X - L0[W] N1".
cost::mapped::FixedMapping read_timeloop_text(const std::string& text, const MappingRequest& request);
cost::mapped::FixedMapping read_zigzag(const base::YamlNode& root, const MappingRequest& request);

/// A mapping of the requested layer with its four levels, all empty.
cost::mapped::FixedMapping empty_mapping(const MappingRequest& request);

std::vector<cost::mapped::MappedLoop>& loops_at(cost::mapped::FixedMapping& mapping,
                                                cost::mapped::Storage storage);

/// Product of a dimension's factors over all levels. Throws base::OverflowError.
std::int64_t product_of(const cost::mapped::FixedMapping& mapping, cost::mapped::Dimension dimension);

/// Sets the shape to the convolution that the factors multiply up to (stride 1, no padding), and notes it.
void infer_convolution(cost::mapped::FixedMapping& mapping);

/// The dimension that a foreign file calls `name`; a product's rows are Y here, whether the file has them as
/// pixels or as samples. Throws base::InputError for a name that is not in `names`.
cost::mapped::Dimension foreign_dimension(const std::string& name, bool product,
                                          const std::map<std::string, cost::mapped::Dimension>& names);

}  // namespace inlay::importers::mappings
