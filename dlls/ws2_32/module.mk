# ws2_32.dll: Windows Sockets 2 over \Device\Afd.
$(eval $(call pe_dll,ws2_32,kernelbase ntdll))
