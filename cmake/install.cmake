# What `cmake --install` and `cpack -G DEB` put where: program, library, headers, config package, data, schemas.
include(CMakePackageConfigHelpers)
set(INLAY_CONFIG_FOLDER ${CMAKE_INSTALL_LIBDIR}/cmake/inlay)

install(TARGETS inlay inlay_program EXPORT inlay-targets)
install(DIRECTORY src/inlay TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY data/ DESTINATION ${CMAKE_INSTALL_DATADIR}/inlay)
install(DIRECTORY schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/inlay)
install(FILES LICENSE README.md TYPE DOC)
install(EXPORT inlay-targets NAMESPACE inlay:: DESTINATION ${INLAY_CONFIG_FOLDER})
configure_package_config_file(cmake/inlay-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/inlay-config.cmake
                              INSTALL_DESTINATION ${INLAY_CONFIG_FOLDER} PATH_VARS CMAKE_INSTALL_DATADIR)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/inlay-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/inlay-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/inlay-config-version.cmake
        DESTINATION ${INLAY_CONFIG_FOLDER})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME inlay)
set(CPACK_PACKAGE_CONTACT "the authors of Inlay <inlay@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "schedules neural networks onto packages of heterogeneous chiplets")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
# Whose libraries the program needs is read from the program; the library is static, so a client needs these as well.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS
    "libyaml-cpp-dev, nlohmann-json3-dev, libfmt-dev, libtbb-dev, libsqlite3-dev, libmuparser-dev, libonnx-dev, libprotobuf-dev")
include(CPack)
