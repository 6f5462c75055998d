#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace inlay::testing {

/// What a document breaks of a schema in schemas/; empty if nothing.
inline std::string complaint(const std::string& schema_name, const nlohmann::json& document) {
  std::ifstream file(std::string(SOURCE_DIR "/schemas/") + schema_name);
  const nlohmann::json text = nlohmann::json::parse(file);
  valijson::Schema schema;
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema);
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(document), &results)) {
    return "";
  }
  valijson::ValidationResults::Error error;
  results.popError(error);
  return error.description;
}

}  // namespace inlay::testing
