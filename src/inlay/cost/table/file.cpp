#include "inlay/cost/table/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>

#include "inlay/base/checked.hpp"
#include "inlay/cost/table/csv.hpp"

namespace inlay::cost::table {
namespace {

constexpr std::array<const char*, 5> kParts = {"mac", "l1", "l2", "noc", "vector"};
constexpr double kJoulesPerPicojoule = 1e-12;
constexpr const char* kMaestroFirst = "Neural Network Name";

/// All columns of Inlay's format; those of the second list say nothing that a cost is made of.
const std::vector<std::string>& known_columns() {
  static const std::vector<std::string> kColumns = [] {
    std::vector<std::string> names = {"model",    "layer",     "chiplet",     "mini_batch",
                                      "cycles",   "l2_bytes",  "utilisation", "substituted",
                                      "bound_by", "energy_pj", "energy_J"};
    for (const char* part : kParts) {
      names.push_back(fmt::format("{}_pj", part));
      names.push_back(fmt::format("{}_J", part));
    }
    for (const char* remark : {"op", "shape", "macs", "seconds", "preferred", "note"}) {
      names.emplace_back(remark);
    }
    return names;
  }();
  return kColumns;
}

std::vector<std::string> names_of(const CsvRow& header) {
  std::vector<std::string> names;
  for (const CsvCell& cell : header) {
    names.push_back(cell.text);
  }
  return names;
}

void require_column(const CsvRow& header, const std::string& file, const char* name) {
  const std::vector<std::string> names = names_of(header);
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    const std::string near = base::nearest_spelling(name, names);
    throw base::InputError({file, header.front().line, 1}, "",
                           fmt::format("there is no column '{}'{}", name,
                                       near.empty() ? "" : fmt::format("; is it '{}'?", near)));
  }
}

void check_header(const CsvRow& header, const std::string& file, bool chiplet_given) {
  const std::vector<std::string> names = names_of(header);
  const auto& known = known_columns();
  for (std::size_t i = 0; i < header.size(); ++i) {
    const base::SourcePosition position{file, header[i].line, header[i].column};
    if (std::find(known.begin(), known.end(), names[i]) == known.end()) {
      throw base::InputError(
          position, "",
          fmt::format("unknown column '{}'; {}", names[i], base::allowed_values(names[i], known)));
    }
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<std::ptrdiff_t>(i)) {
      throw base::InputError(position, "",
                             fmt::format("column '{}' stands here for the second time", names[i]));
    }
  }
  for (const char* name : {"layer", "chiplet", "cycles"}) {
    if (name != std::string_view("chiplet") || !chiplet_given) {
      require_column(header, file, name);
    }
  }
  const auto has = [&names](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  bool energy = has("energy_pj") || has("energy_J");
  for (const char* part : kParts) {
    energy = energy || has(fmt::format("{}_pj", part)) || has(fmt::format("{}_J", part));
  }
  if (!energy) {
    throw base::InputError(
        {file, header.front().line, 1}, "",
        "no column has an energy: energy_pj, or parts such as mac_pj and l2_pj, are expected");
  }
}

/// An energy in joules, from `what`_pj or `what`_J; 0 if there is neither.
double energy_in(const CsvRecord& record, const std::string& what, bool& found) {
  const bool in_picojoules = record.has(what + "_pj");
  const bool in_joules = record.has(what + "_J");
  if (in_picojoules && in_joules) {
    record.fail(what + "_pj", fmt::format("{}_J is given, too; one unit is expected", what));
  }
  found = found || in_picojoules || in_joules;
  if (in_picojoules) {
    return record.number(what + "_pj") * kJoulesPerPicojoule;
  }
  return in_joules ? record.number(what + "_J") : 0.0;
}

EnergySplit read_energy(const CsvRecord& record, bool& totals_only) {
  EnergySplit split;
  bool has_parts = false;
  const std::array<double*, 5> parts = {&split.mac, &split.l1, &split.l2, &split.noc, &split.vector};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    *parts[i] = energy_in(record, kParts[i], has_parts);
  }
  bool has_total = false;
  const double total = energy_in(record, "energy", has_total);
  if (!has_parts) {
    totals_only = true;
    split.mac = total;
    return split;
  }
  constexpr double kTolerance = 1e-6;  // a file may round what it prints
  if (has_total && std::abs(total - split.total()) > kTolerance * std::max(total, split.total())) {
    record.fail(record.has("energy_pj") ? "energy_pj" : "energy_J",
                fmt::format("is {:.6g} J, but the parts add up to {:.6g} J", total, split.total()));
  }
  return split;
}

BoundBy read_bound(const CsvRecord& record) {
  const std::string word = record.text("bound_by");
  const auto& words = bound_words();
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end() && !word.empty()) {
    record.fail("bound_by", fmt::format("'{}' is unknown; {}", word, base::allowed_values(word, words)));
  }
  return word.empty() ? BoundBy::kUnknown : static_cast<BoundBy>(found - words.begin());
}

LayerCost read_cost(const CsvRecord& record, bool& totals_only) {
  LayerCost cost;
  cost.cycles = record.integer("cycles", 0);
  cost.energy = read_energy(record, totals_only);
  cost.tile_bytes = record.has("l2_bytes") ? record.integer("l2_bytes", 0) : 0;
  cost.utilisation = record.has("utilisation") ? record.number("utilisation") : 0.0;
  cost.substituted = record.has("substituted") && record.yes_or_no("substituted");
  cost.bound_by = record.has("bound_by") ? read_bound(record) : BoundBy::kUnknown;
  return cost;
}

void check_width(const CsvRow& header, const CsvRow& row, const std::string& file) {
  if (row.size() != header.size()) {
    const CsvCell& where = row.size() > header.size() ? row[header.size()] : row.back();
    throw base::InputError({file, where.line, where.column}, "",
                           fmt::format("the row has {} cells, the header has {}", row.size(), header.size()));
  }
}

/// A file that the user gave for one chiplet type is of that type, whatever it calls it.
void drop_chiplet(const CsvRecord& record, NamedEntry& entry, std::string& first) {
  if (first.empty()) {
    first = entry.chiplet;
  }
  if (entry.chiplet != first) {
    record.fail("chiplet",
                fmt::format("is '{}' here and '{}' above, but the file is given for one chiplet type",
                            entry.chiplet, first));
  }
  entry.chiplet.clear();
}

void read_own_format(const std::vector<CsvRow>& rows, TableFile& table) {
  check_header(rows.front(), table.file, !table.only_chiplet.empty());
  const std::vector<std::string> names = names_of(rows.front());
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> place;
  std::map<std::pair<std::size_t, std::int64_t>, int> line_of;
  std::string first_chiplet;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    check_width(rows.front(), rows[i], table.file);
    const CsvRecord record(names, rows[i], table.file);
    NamedEntry entry;
    entry.model = record.has("model") ? record.text("model") : "";
    entry.layer = record.name("layer");
    entry.chiplet = record.has("chiplet") ? record.name("chiplet") : "";
    entry.line = record.line();
    if (!table.only_chiplet.empty()) {
      drop_chiplet(record, entry, first_chiplet);
    }
    const std::int64_t mini_batch = record.has("mini_batch") ? record.integer("mini_batch", 1) : 1;
    const LayerCost cost = read_cost(record, table.totals_only);
    const auto [known, added] =
        place.try_emplace({entry.model, entry.layer, entry.chiplet}, table.entries.size());
    if (added) {
      table.entries.push_back(std::move(entry));
    }
    const auto [first, fresh] = line_of.try_emplace({known->second, mini_batch}, record.line());
    if (!fresh) {
      record.fail("layer", fmt::format("the same model, layer, chiplet and mini-batch stand in line {}",
                                       first->second));
    }
    table.entries[known->second].costs.emplace(mini_batch, cost);
  }
}

/// The sums of section 7 of MAESTRO's rules, from the counters of its three tensors.
maestro::AccessSums read_accesses(const CsvRecord& record) {
  maestro::AccessSums sums;
  for (const std::string tensor : {"input", "filter", "output"}) {
    for (const char* kind : {" l1 read", " l1 write"}) {
      sums.l1 = base::checked_add(sums.l1, record.integer(tensor + kind, 0));
    }
    for (const char* kind : {" l2 read", " l2 write"}) {
      const std::int64_t count = record.integer(tensor + kind, 0);
      sums.l2 = base::checked_add(sums.l2, count);
      if ((tensor == "output") == (kind == std::string_view(" l2 read"))) {
        sums.l2_outside = base::checked_add(sums.l2_outside, count);
      }
    }
  }
  return sums;
}

MaestroRow read_maestro_row(const CsvRecord& record) {
  MaestroRow row;
  row.network = record.text(kMaestroFirst);
  row.layer = record.name("Layer Number");
  row.line = record.line();
  row.pes = record.integer("NumPEs", 1);
  row.cycles = record.integer("Runtime (Cycles)", std::numeric_limits<std::int64_t>::min());
  if (row.cycles <= 0) {
    row.cycles = 0;
    return row;
  }
  row.macs = record.integer("Num MACs", 0);
  row.l2_bytes = record.integer("L2 SRAM Size Req (Bytes)", 0);
  row.average_pes = record.number("Avg number of utilized PEs");
  try {
    row.accesses = read_accesses(record);
  } catch (const base::OverflowError& error) {
    record.fail("input l1 read", error.what());
  }
  return row;
}

void read_maestro_format(const std::vector<CsvRow>& rows, TableFile& table) {
  for (const char* name : {"Layer Number", "NumPEs", "Runtime (Cycles)", "Num MACs",
                           "L2 SRAM Size Req (Bytes)", "Avg number of utilized PEs"}) {
    require_column(rows.front(), table.file, name);
  }
  for (const std::string tensor : {"input", "filter", "output"}) {
    for (const char* kind : {" l1 read", " l1 write", " l2 read", " l2 write"}) {
      require_column(rows.front(), table.file, (tensor + kind).c_str());
    }
  }
  const std::vector<std::string> names = names_of(rows.front());
  for (std::size_t i = 1; i < rows.size(); ++i) {
    check_width(rows.front(), rows[i], table.file);
    table.maestro.push_back(read_maestro_row(CsvRecord(names, rows[i], table.file)));
  }
}

}  // namespace

TableFile parse_table_file(std::string_view text, const std::string& file, const std::string& only_chiplet) {
  const std::vector<CsvRow> rows = read_csv(text, file);
  if (rows.size() < 2) {
    throw base::InputError({file, rows.empty() ? 0 : rows.front().front().line, 1}, "",
                           "a line of column names and at least one row of costs are expected");
  }
  TableFile table;
  table.file = file;
  table.only_chiplet = only_chiplet;
  if (rows.front().front().text == kMaestroFirst) {
    read_maestro_format(rows, table);
  } else {
    read_own_format(rows, table);
  }
  return table;
}

bool fits(std::string_view pattern, std::string_view text) {
  // Greedy with one place to come back to: what the last `*` swallowed grows by one character at a time.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace inlay::cost::table
