userenv_test_libs = -luserenv
