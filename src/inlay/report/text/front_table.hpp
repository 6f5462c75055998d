#pragma once

#include <string>
#include <vector>

#include "inlay/search/search.hpp"

namespace inlay::report::text {

/// A schedule of a front, by its totals.
struct FrontRow {
  double latency = 0.0;       // s
  double energy = 0.0;        // J
  double edp = 0.0;           // J s
  double throughput = 0.0;    // samples/s
  std::string schedule_file;  // beside the front; empty if none is written
};

/// The schedules of one scenario on one package that no other beats in latency and energy.
struct FrontTable {
  std::string scenario;
  std::string package;
  std::string engine;
  std::string communication;
  std::vector<std::string> assumptions;
  search::FrontCertificate certificate;
  std::vector<FrontRow> rows;  // latency ascending, energy descending; at least one
};

/// Row with the least EDP, ties: the fastest.
std::size_t least_edp_row(const FrontTable& front);

/// What the certificate says, in a sentence.
std::string claim_of(const search::FrontCertificate& certificate);

/// A table for the terminal, fronts of many points thinned, with what the certificate says below it.
std::string front_text(const FrontTable& front);
/// front.csv: SI units, one line per point.
std::string front_csv(const FrontTable& front);

}  // namespace inlay::report::text
