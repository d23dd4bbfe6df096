msvcrt_test_crt = yes
