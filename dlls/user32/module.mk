$(eval $(call pe_dll,user32,gdi32 win32u kernel32 kernelbase ntdll))
