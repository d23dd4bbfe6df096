gdi32_test_libs = -lmsvcrt
