"""The payment gateways of the own shop: WeChat Pay and Alipay."""
