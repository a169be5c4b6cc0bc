# What `cmake --install` puts where: headers, archive, CMake package, pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(parley_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/parley)
install(TARGETS parley EXPORT parley-targets)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/parley TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
install(EXPORT parley-targets NAMESPACE parley:: DESTINATION ${parley_package_dir})
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/parley-config.cmake.in ${PROJECT_BINARY_DIR}/parley-config.cmake
  INSTALL_DESTINATION ${parley_package_dir})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/parley-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/parley-config.cmake
              ${PROJECT_BINARY_DIR}/parley-config-version.cmake DESTINATION ${parley_package_dir})
# Relative, so that the tree may be installed or moved anywhere.
file(RELATIVE_PATH parley_prefix_from_pc
  /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
set(parley_pc_definitions "")
if(NOT PARLEY_SSL2)
  set(parley_pc_definitions " -DPARLEY_NO_SSL2")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/parley.pc.in ${PROJECT_BINARY_DIR}/parley.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/parley.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(TARGET parley-tool)
  install(TARGETS parley-tool)
endif()
