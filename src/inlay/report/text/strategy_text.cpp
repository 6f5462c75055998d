#include "inlay/report/text/strategy_text.hpp"

#include <fmt/format.h>

#include "inlay/report/text/text_table.hpp"
#include "inlay/search/search.hpp"

namespace inlay::report::text {

std::string strategy_text(const std::string& strategy) {
  std::string text = fmt::format("{}: {}\n", strategy, search::strategy_description(strategy));
  const std::vector<search::OptionRecord> records = search::option_records_of(strategy);
  if (records.empty()) {
    return text + "It has no options.\n";
  }
  TextTable table({{"option", Align::kLeft},
                   {"default", Align::kLeft},
                   {"allowed", Align::kLeft},
                   {"meaning", Align::kLeft}});
  for (const search::OptionRecord& record : records) {
    table.add({record.name, record.default_value, search::allowed_text(record), record.description});
  }
  return text + table.text();
}

}  // namespace inlay::report::text
