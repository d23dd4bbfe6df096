# wsock32.dll: Windows Sockets 1.1 over ws2_32.
$(eval $(call pe_dll,wsock32,ws2_32 kernelbase ntdll))
