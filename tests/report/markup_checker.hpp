#pragma once

#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::testing {

/// Whether a page is well formed as XML is, save for its doctype: every tag closed in order, attributes
/// quoted, none twice in a tag, `<` and `&` only where they mean something. Returns the first fault, or
/// nothing. Contents of <script> and <style> are skipped. Knows nothing of report::Markup.
inline std::string markup_fault(std::string_view text) {
  std::vector<std::string> open;
  std::size_t at = 0;
  const auto fault = [&](const std::string& what) {
    return what + " at " + std::to_string(at) + ": " + std::string(text.substr(at, 60));
  };
  const auto is_name = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == ':';
  };
  const auto name_at = [&](std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && is_name(text[end])) {
      ++end;
    }
    return std::string(text.substr(from, end - from));
  };
  const auto good_entity = [&](std::size_t from) {
    constexpr std::array<std::string_view, 5> kEntities = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (const std::string_view entity : kEntities) {
      if (text.substr(from, entity.size()) == entity) {
        return true;
      }
    }
    return false;
  };
  while (at < text.size()) {
    if (text[at] == '&' && !good_entity(at)) {
      return fault("a bare &");
    }
    if (text[at] == '>') {
      return fault("a bare >");
    }
    if (text[at] != '<') {
      ++at;
      continue;
    }
    if (text.substr(at, 2) == "<!") {
      const bool comment = text.substr(at, 4) == "<!--";
      const std::size_t end = text.find(comment ? "-->" : ">", at);
      if (end == std::string_view::npos) {
        return fault("no end");
      }
      at = end + (comment ? 3 : 1);
      continue;
    }
    if (text.substr(at, 2) == "</") {
      const std::string name = name_at(at + 2);
      if (open.empty() || open.back() != name || text[at + 2 + name.size()] != '>') {
        return fault("closes what is not open");
      }
      open.pop_back();
      at += 3 + name.size();
      continue;
    }
    const std::string name = name_at(at + 1);
    if (name.empty()) {
      return fault("a bare <");
    }
    std::size_t i = at + 1 + name.size();
    std::vector<std::string> attributes;
    while (i < text.size() && text[i] == ' ') {
      const std::string attribute = name_at(i + 1);
      i += 1 + attribute.size();
      if (attribute.empty() || text.substr(i, 2) != "=\"") {
        return fault("an attribute without a quoted value");
      }
      for (const std::string& other : attributes) {
        if (other == attribute) {
          return fault("an attribute twice");
        }
      }
      attributes.push_back(attribute);
      for (i += 2; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '<' || text[i] == '>' || (text[i] == '&' && !good_entity(i))) {
          return fault("an attribute that is not escaped");
        }
      }
      ++i;
    }
    if (text.substr(i, 2) == "/>") {
      at = i + 2;
      continue;
    }
    if (i >= text.size() || text[i] != '>') {
      return fault("a tag without end");
    }
    at = i + 1;
    if (name == "script" || name == "style") {
      at = text.find("</" + name + ">", at);
      if (at == std::string_view::npos) {
        return "no end of " + name;
      }
    }
    open.push_back(name);
  }
  return open.empty() ? "" : "<" + open.back() + "> is never closed";
}

}  // namespace inlay::testing
