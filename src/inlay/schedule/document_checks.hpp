#pragma once

#include "inlay/schedule/json_reader.hpp"
#include "inlay/schedule/problem.hpp"

namespace inlay::schedule {

// What a document that was read must fulfil beyond the type and range of each value. All throw
// base::InputError through the reader of `problem`, so that messages name file and path.

/// Fills in the makers and users of all tensors. Refuses a tensor made twice, a layer that reads what is made
/// later or by itself, a layer without inputs or outputs, shapes that make no sense, sizes whose sums could
/// leave 64 bits.
void link_layers(const JsonReader& reader, workload::Scenario& scenario);

/// Refuses models that depend on what is none, on one twice, or on each other, and probabilities above 1.
void check_dependencies(const JsonReader& reader, const workload::Scenario& scenario);

/// Works out the routes. Refuses chiplets that reach no memory or each other not, and links that stand twice.
void link_chiplets(const JsonReader& reader, hardware::Package& package);

/// Refuses tables that do not have a row for every class, mini-batch and type, and mini-batches that are no
/// ceil(batch / i).
void check_costs(const JsonReader& reader, const Problem& problem);

}  // namespace inlay::schedule
