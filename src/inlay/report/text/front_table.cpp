#include "inlay/report/text/front_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/text/csv.hpp"
#include "inlay/report/text/text_table.hpp"

namespace inlay::report::text {
namespace {

/// As many rows as a screen holds; both ends and the least EDP are always among them.
constexpr std::size_t kMostRows = 25;

std::vector<std::size_t> rows_to_show(const FrontTable& front) {
  std::vector<std::size_t> shown;
  const std::size_t count = front.rows.size();
  if (count <= kMostRows) {
    for (std::size_t i = 0; i < count; ++i) {
      shown.push_back(i);
    }
    return shown;
  }
  for (std::size_t i = 0; i + 1 < kMostRows; ++i) {
    shown.push_back(i * (count - 1) / (kMostRows - 2));
  }
  shown.push_back(least_edp_row(front));
  std::sort(shown.begin(), shown.end());
  shown.erase(std::unique(shown.begin(), shown.end()), shown.end());
  return shown;
}

}  // namespace

std::size_t least_edp_row(const FrontTable& front) {
  const auto least = std::min_element(front.rows.begin(), front.rows.end(),
                                      [](const FrontRow& a, const FrontRow& b) { return a.edp < b.edp; });
  return static_cast<std::size_t>(least - front.rows.begin());
}

std::string claim_of(const search::FrontCertificate& certificate) {
  if (certificate.proven) {
    return "proven: no schedule of the space beats any of these, and none that nothing beats is missing";
  }
  return fmt::format("no schedule of the space is better in both than one of these by more than {:.2f}%",
                     100.0 * certificate.gap);
}

std::string front_text(const FrontTable& front) {
  TextTable table({{"point", Align::kRight},
                   {"latency", Align::kRight},
                   {"energy", Align::kRight},
                   {"EDP", Align::kRight},
                   {"samples/s", Align::kRight},
                   {"", Align::kLeft}});
  const std::size_t least_edp = least_edp_row(front);
  const std::vector<std::size_t> shown = rows_to_show(front);
  for (const std::size_t i : shown) {
    const FrontRow& row = front.rows[i];
    std::string note = i == 0 ? "fastest" : "";
    note += i + 1 == front.rows.size() ? (note.empty() ? "least energy" : ", least energy") : "";
    note += i == least_edp ? (note.empty() ? "least EDP" : ", least EDP") : "";
    table.add({fmt::format("{}", i), base::format_time(row.latency), base::format_energy(row.energy),
               figures::format_edp(row.edp), fmt::format("{:.4g}", row.throughput), note});
  }
  const search::FrontCertificate& certificate = front.certificate;
  const std::string points = shown.size() == front.rows.size()
                                 ? fmt::format("{}", front.rows.size())
                                 : fmt::format("{}, of which {} are shown", front.rows.size(), shown.size());
  return table.text() + "\n" +
         text_of_pairs(
             {{"scenario", front.scenario},
              {"package", front.package},
              {"points", points},
              {"claim", claim_of(certificate)},
              {"bounds", fmt::format("no schedule of the space is faster than {} or needs less than {}",
                                     base::format_time(certificate.least_latency),
                                     base::format_energy(certificate.least_energy))},
              {"space", certificate.space},
              {"search", fmt::format("{}, stopped by {} after {:.2f} s and {} evaluations, seed {}",
                                     certificate.strategy, certificate.stopped_by, certificate.seconds,
                                     certificate.evaluations, certificate.seed)}});
}

std::string front_csv(const FrontTable& front) {
  std::vector<std::vector<std::string>> rows = {
      {"point", "latency_s", "energy_j", "edp_js", "throughput", "schedule"}};
  for (std::size_t i = 0; i < front.rows.size(); ++i) {
    const FrontRow& row = front.rows[i];
    rows.push_back({fmt::format("{}", i), csv_number(row.latency), csv_number(row.energy),
                    csv_number(row.edp), csv_number(row.throughput), row.schedule_file});
  }
  return csv_text(rows);
}

}  // namespace inlay::report::text
